// The text of a mark, under the pointer, the finger or the keyboard's focus.
(() => {
  const marks = document.querySelectorAll("[data-tip]");
  if (!marks.length) return;
  const tip = document.body.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.hidden = true;
  const show = (mark) => {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), document.documentElement.clientWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = left + window.scrollX + "px";
    tip.style.top = (above > 0 ? above : box.bottom + 8) + window.scrollY + "px";
  };
  const hide = () => { tip.hidden = true; };
  marks.forEach((mark) => {
    mark.addEventListener("pointerenter", () => show(mark));
    mark.addEventListener("pointerdown", () => show(mark));
    mark.addEventListener("pointerleave", hide);
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
