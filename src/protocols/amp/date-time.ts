import type { ArgumentType } from "./argument.ts";
import { BadArgumentError } from "./errors.ts";
import { excerpt } from "./numbers.ts";
import { textOf } from "./wire-text.ts";

const FORMAT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})([+-])(\d\d):(\d\d)$/;
const DAY_SECONDS = 86_400;
/** The year 1, which is the first, and the year 10,000. */
const FIRST_SECOND = -62_135_596_800;
const END_SECOND = 253_402_300_800;

/**
 * A point in time: seconds since 1970, as of `reactor.seconds()` on `libuv`, in the years 1 to
 * 9999; exact to the microsecond until 2255. It is sent as UTC, and an offset that comes is taken
 * into account and not kept.
 */
export const dateTime: ArgumentType<number> = {
  encode(value) {
    if (!(value >= FIRST_SECOND && value < END_SECOND)) {
      throw new BadArgumentError(`${String(value)} is no time in seconds of the years 1 to 9999`);
    }
    let days = Math.floor(value / DAY_SECONDS);
    let micros = Math.round((value - days * DAY_SECONDS) * 1e6);
    if (micros === DAY_SECONDS * 1e6) [days, micros] = [days + 1, 0];
    const seconds = Math.floor(micros / 1e6);
    const time = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
    const clock = time.map((part) => padded(Math.floor(part), 2)).join(":");
    // Twisted writes UTC with this sign.
    return `${dateOf(days)}T${clock}.${padded(micros % 1e6, 6)}-00:00`;
  },
  decode(bytes) {
    const parts = FORMAT.exec(textOf(bytes));
    if (parts === null) throw new BadArgumentError(`${excerpt(bytes)} is no time`);
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0] = parts
      .slice(1, 8)
      .map(Number);
    const offset = Number(parts[9]) * 60 + Number(parts[10]);
    const days = dayOf(year, month, day);
    const isTime = year > 0 && hour < 24 && minute < 60 && second < 60 && offset < 24 * 60;
    if (!isTime || dateOf(days) !== parts[0].slice(0, 10)) {
      throw new BadArgumentError(`${excerpt(bytes)} is no time`);
    }
    const seconds = (hour * 60 + minute) * 60 + second + (parts[8] === "-" ? 60 : -60) * offset;
    const whole = days * DAY_SECONDS + seconds;
    // Away from zero: the nearest number to what came, as if it had been read.
    return whole < 0 && micros > 0 ? whole + 1 - (1e6 - micros) / 1e6 : whole + micros / 1e6;
  },
};

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** The day's number, 1970-01-01 being 0. Years begin in March here, so that a leap day is last. */
function dayOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return y * 365 + leaps + inYear - 719_468;
}

/** The date of a day, in the years 1 to 9999. */
function dateOf(days: number): string {
  let year = 1970 + Math.floor(days / 365.2425);
  while (dayOf(year, 1, 1) > days) year--;
  while (dayOf(year + 1, 1, 1) <= days) year++;
  let month = 1;
  while (month < 12 && dayOf(year, month + 1, 1) <= days) month++;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(days - dayOf(year, month, 1) + 1, 2)}`;
}
