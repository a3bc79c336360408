// Finds pages, headings and names. The index is loaded when somebody begins to type.
(() => {
  const root = document.currentScript.dataset.root;
  const input = document.querySelector(".search input");
  const list = document.querySelector(".search ol");
  const MAX = 15;
  let index;
  let loading = false;

  function load() {
    if (index !== undefined) return;
    index = [];
    loading = true;
    // A script, not fetch(): pages that are files may not fetch.
    const script = document.createElement("script");
    script.src = `${root}search-index.js`;
    script.addEventListener("load", () => {
      index = window.searchIndex;
      loading = false;
      show();
    });
    document.head.append(script);
  }

  function rank([title], words) {
    const text = title.toLowerCase();
    if (!words.every((word) => text.includes(word))) return Infinity;
    const start = text.startsWith(words[0]) ? 0 : 100;
    return start + text.length;
  }

  function show() {
    load();
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found =
      words.length === 0
        ? []
        : index
            .map((entry) => [rank(entry, words), entry])
            .filter(([points]) => points < Infinity)
            .sort(([a], [b]) => a - b)
            .slice(0, MAX);
    list.replaceChildren(
      ...found.map(([, [title, where, url]]) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const place = document.createElement("small");
        link.href = root + url;
        link.textContent = title;
        place.textContent = where;
        link.append(" ", place);
        item.append(link);
        return item;
      }),
    );
    if (words.length > 0 && !loading && found.length === 0) list.append(nothing());
    list.hidden = words.length === 0;
  }

  function nothing() {
    const item = document.createElement("li");
    item.className = "nothing";
    item.textContent = "no page, heading or name has that";
    return item;
  }

  input.addEventListener("focus", load);
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.hidden = true;
    if (event.key === "Enter") list.querySelector("a")?.click();
    if (event.key === "ArrowDown") list.querySelector("a")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    input.focus();
  });
})();
