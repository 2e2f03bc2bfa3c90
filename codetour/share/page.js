"use strict";
(() => {
  const stops = [...document.querySelectorAll("section")];
  const links = [...document.querySelectorAll("nav li a")];
  const find = document.getElementById("find");
  const said = document.getElementById("said");
  let at = 0;
  const show = (to, focus) => {
    if (to < 0 || to >= stops.length) { said.textContent = to < 0 ? "This is the first stop." : "This was the last stop."; return; }
    at = to;
    stops.forEach((stop, i) => stop.classList.toggle("now", i === at));
    links.forEach((link, i) => i === at ? link.setAttribute("aria-current", "step") : link.removeAttribute("aria-current"));
    document.querySelectorAll("svg circle").forEach((dot) => dot.classList.toggle("now", dot.id === "m" + (at + 1)));
    said.textContent = "Stop " + (at + 1) + " of " + stops.length;
    if (location.hash !== "#s" + (at + 1)) history.replaceState(null, "", "#s" + (at + 1));
    if (focus) { const head = stops[at].querySelector("h2"); head.tabIndex = -1; head.focus({ preventScroll: true }); stops[at].scrollIntoView({ block: "start" }); }
  };
  const fromHash = () => { const found = /^#s(\d+)$/.exec(location.hash); return found ? Number(found[1]) - 1 : 0; };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === find) { if (event.key === "Escape") { find.value = ""; search(); find.blur(); } return; }
    if (event.key === "ArrowRight" || event.key === "j" || event.key === "n") show(at + 1, true);
    else if (event.key === "ArrowLeft" || event.key === "k" || event.key === "p") show(at - 1, true);
    else if (event.key === "/") { event.preventDefault(); find.focus(); }
    else if (event.key === "a") document.body.classList.toggle("one");
  });
  let startX = 0, startY = 0;
  document.addEventListener("touchstart", (event) => { startX = event.touches[0].clientX; startY = event.touches[0].clientY; }, { passive: true });
  document.addEventListener("touchend", (event) => {
    const dx = event.changedTouches[0].clientX - startX, dy = event.changedTouches[0].clientY - startY;
    if (event.target.closest("pre, table, nav") || Math.abs(dx) < 60 || Math.abs(dx) < 2 * Math.abs(dy)) return;
    show(at + (dx < 0 ? 1 : -1), true);
  }, { passive: true });
  const search = () => {
    const want = find.value.trim().toLowerCase();
    let count = 0;
    links.forEach((link, i) => { const hit = !want || stops[i].textContent.toLowerCase().includes(want); link.parentElement.hidden = !hit; count += hit; });
    said.textContent = want ? count + " stops hold it" : "";
  };
  find.addEventListener("input", search);
  window.addEventListener("hashchange", () => show(fromHash(), true));
  document.body.classList.add("one");
  if (stops.length) show(Math.min(fromHash(), stops.length - 1), false);
})();
