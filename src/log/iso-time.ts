const SECONDS_PER_DAY = 86_400;
const DAYS_PER_ERA = 146_097;
/** From the 1st of March of the year 0 to 1970. */
const DAYS_TO_1970 = 719_468;

/**
 * A time as ISO 8601 writes it, in UTC, with milliseconds: `2000-01-01T00:00:00.000Z`. Those before
 * 1970 and after 9999 are not for logs.
 *
 * @param seconds since 1970.
 */
export function isoTime(seconds: number): string {
  // A sum of seconds may be a little less than the millisecond it is meant to be.
  const ms = Math.floor(seconds * 1000 + 1e-3);
  const days = Math.floor(ms / (SECONDS_PER_DAY * 1000));
  const inDay = ms - days * SECONDS_PER_DAY * 1000;
  const time = [
    Math.floor(inDay / 3_600_000),
    Math.floor(inDay / 60_000) % 60,
    Math.floor(inDay / 1000) % 60,
  ].map((part) => pad(part, 2));
  return `${dateOf(days)}T${time.join(":")}.${pad(inDay % 1000, 3)}Z`;
}

/** The date of a day since 1970. Years begin in March here, so that leap days are at their ends. */
function dateOf(days: number): string {
  const since = days + DAYS_TO_1970;
  const era = Math.floor(since / DAYS_PER_ERA);
  const dayOfEra = since - era * DAYS_PER_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const leapDaysBefore = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDaysBefore);
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
