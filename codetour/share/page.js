"use strict";
(() => {
  const stops = [...document.querySelectorAll("main > section")];
  const links = [...document.querySelectorAll("nav li a")];
  const marks = [...document.querySelectorAll("svg a[data-stop]")];
  const by = (id) => document.getElementById(id);
  const find = by("find"), said = by("said"), hits = by("hits"), root = document.documentElement;
  const last = stops.length - 1;
  let at = 0;
  const name = (i) => i === 0 ? "Map" : i === last ? "The end" : "Stop " + i + " of " + (last - 1);
  const show = (to, focus) => {
    if (to < 0 || to > last) { said.textContent = to < 0 ? "This is the beginning." : "This was the end."; return; }
    at = to;
    stops.forEach((stop, i) => stop.classList.toggle("now", i === at));
    links.forEach((link, i) => i === at ? link.setAttribute("aria-current", "step") : link.removeAttribute("aria-current"));
    marks.forEach((mark) => mark.classList.toggle("now", Number(mark.dataset.stop) === at));
    said.textContent = name(at);
    by("progress").value = at / last;
    by("back").disabled = at === 0;
    by("next").disabled = at === last;
    links[at].scrollIntoView({ block: "nearest" });
    if (location.hash !== "#s" + at && (focus || location.hash)) history.replaceState(null, "", "#s" + at);
    if (focus) {
      const head = stops[at].querySelector("h2");
      head.tabIndex = -1;
      head.focus({ preventScroll: true });
      if (document.body.classList.contains("one")) scrollTo(0, 0); else stops[at].scrollIntoView({ block: "start" });
    }
  };
  const fromHash = () => { const found = /^#s(\d+)$/.exec(location.hash); return found ? Math.min(Number(found[1]), last) : 0; };
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const turn = () => { root.dataset.theme = dark() ? "light" : "dark"; said.textContent = root.dataset.theme; };
  const all = () => { const one = document.body.classList.toggle("one"); said.textContent = one ? name(at) : "All stops"; if (!one) stops[at].scrollIntoView(); };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key;
    if (event.target === find) {
      if (key === "Escape") { find.value = ""; search(); find.blur(); }
      else if (key === "Enter") {
        // the map names every stop: it is the answer only where no stop is
        const found = links.map((link, i) => link.dataset.hit ? i : -1).filter((i) => i >= 0);
        if (found.length) { find.blur(); show(found.find((i) => i > 0) ?? 0, true); }
      }
      return;
    }
    const onCode = event.target.closest && event.target.closest("pre, .wide");
    const pressed = event.target.closest && event.target.closest("a, button");
    if ((key === "ArrowRight" && !onCode) || key === "j" || key === "n" || (key === " " && !pressed && !event.shiftKey)) { event.preventDefault(); show(at + 1, true); }
    else if ((key === "ArrowLeft" && !onCode) || key === "k" || key === "p" || (key === " " && !pressed)) { event.preventDefault(); show(at - 1, true); }
    else if (key === "Home") show(0, true);
    else if (key === "End") show(last, true);
    else if (key === "m" || key === "g") show(0, true);
    else if (key === "/") { event.preventDefault(); find.focus(); find.select(); }
    else if (key === "a") all();
    else if (key === "t") turn();
  });
  let startX = 0, startY = 0, fingers = 0;
  document.addEventListener("touchstart", (event) => { fingers = event.touches.length; startX = event.touches[0].clientX; startY = event.touches[0].clientY; }, { passive: true });
  document.addEventListener("touchend", (event) => {
    const dx = event.changedTouches[0].clientX - startX, dy = event.changedTouches[0].clientY - startY;
    if (fingers !== 1 || event.target.closest("pre, .wide, nav, .bar") || Math.abs(dx) < 60 || Math.abs(dx) < 2 * Math.abs(dy)) return;
    show(at + (dx < 0 ? 1 : -1), true);
  }, { passive: true });
  const mark = (want) => {
    if (!window.CSS || !CSS.highlights) return;
    CSS.highlights.delete("found");
    if (!want) return;
    const ranges = [], walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode() && ranges.length < 2000) {
      const text = walker.currentNode.data.toLowerCase();
      for (let i = text.indexOf(want); i >= 0; i = text.indexOf(want, i + want.length)) {
        const range = new Range();
        range.setStart(walker.currentNode, i);
        range.setEnd(walker.currentNode, i + want.length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };
  const search = () => {
    const want = find.value.trim().toLowerCase();
    let count = 0;
    links.forEach((link, i) => {
      const hit = !want || stops[i].textContent.toLowerCase().includes(want);
      link.parentElement.hidden = !hit;
      if (hit && want) link.dataset.hit = "1"; else delete link.dataset.hit;
      count += hit;
    });
    document.querySelectorAll("nav .chapter").forEach((chapter) => { chapter.hidden = !!want; });
    if (want) by("outline").open = true;
    hits.textContent = said.textContent = want ? (count ? count + " found, Enter shows the first" : "Nothing found") : "";
    mark(want);
  };
  find.addEventListener("input", search);
  by("next").addEventListener("click", () => show(at + 1, true));
  by("back").addEventListener("click", () => show(at - 1, true));
  by("theme").addEventListener("click", turn);
  window.addEventListener("hashchange", () => { if (fromHash() !== at) show(fromHash(), true); });
  document.body.classList.add("one", "scripted");
  const narrow = matchMedia("(max-width: 50rem)");
  const fold = () => { by("outline").open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
  show(fromHash(), false);
})();
