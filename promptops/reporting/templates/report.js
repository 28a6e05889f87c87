"use strict";
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (head.hasAttribute("data-fixed")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
      const rows = [...body.rows].map((row) => [value(row), row]);
      // Rows without a value stay last whichever way the column is sorted.
      rows.sort(([a], [b]) => {
        if (a === "" || b === "") return (a === "") - (b === "");
        const order = isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
        return down ? -order : order;
      });
      body.append(...rows.map(([, row]) => row));
    });
  });
}
for (const tools of document.querySelectorAll(".tools")) {
  const rows = [...document.getElementById(tools.dataset.for).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const [words, choice, count] = ["input", "select", "output"].map((name) => tools.querySelector(name));
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, at) => {
      const fits = wanted.every((word) => texts[at].includes(word)) && (!choice || !choice.value || row.dataset.is === choice.value);
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown === rows.length ? `${rows.length} rows` : `${shown} of ${rows.length} rows`;
  };
  tools.hidden = false;
  words.addEventListener("input", apply);
  choice?.addEventListener("change", apply);
  apply();
}
for (const map of document.querySelectorAll(".map")) {
  const pick = (cluster) => {
    map.classList.toggle("picked", cluster !== null);
    map.querySelectorAll("circle").forEach((point) => point.classList.toggle("on", point.dataset.cluster === cluster));
  };
  document.querySelectorAll("[data-cluster]:not(circle)").forEach((row) => {
    row.addEventListener("pointerenter", () => pick(row.dataset.cluster));
    row.addEventListener("pointerleave", () => pick(null));
  });
}
