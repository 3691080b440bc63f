// Links the words of a clause with the nodes of its rule. All HTML in `data` was made and
// escaped by p4ir.review.linked_html; nothing else is put into the page as HTML.
const KEY = [
  ["k-deontic", "duty or permission"], ["k-functor", "relation"], ["k-entity", "thing"],
  ["k-entity-property", "property"], ["k-quantity", "number or unit", ".k-number, .k-quoted"],
  ["k-reference", "reference"],
];
const HINT = "Point at a word or a part of the rule to see its counterpart. " +
  "In the rule: arrow keys move and fold, Enter keeps the marking.";

export default function ({ parentElement, data }) {
  const pair = parentElement.querySelector(".pair");
  const content = JSON.stringify([data.clause, data.rule]);
  if (pair.content !== content) {
    pair.content = content;
    fill(pair, data);
  }
  if (!pair.isWired) {
    pair.isWired = true;
    wire(pair);
  }
}

function fill(pair, { clause, rule }) {
  pair.classList.toggle("alone", !rule);
  pair.querySelector(".clause").innerHTML = clause;
  pair.querySelector(".rule").innerHTML = rule || "";
  pair.querySelector(".right").hidden = !rule;
  pair.pinned = null;
  const key = pair.querySelector(".key");
  const there = ([kind, , others]) => pair.querySelector(others ? `.${kind}, ${others}` : `.${kind}`);
  key.replaceChildren(...KEY.filter(there).map(([kind, text]) => keyed(kind, text)));
  if (pair.querySelector(".invented, .unused")) {
    key.append(keyed("alarm", "number that the other side does not have"));
  }
  say(pair, null);
}

function keyed(kind, text) {
  const entry = document.createElement("span");
  const patch = document.createElement("i");
  entry.className = patch.className = kind;
  entry.append(patch, text);
  return entry;
}

function wire(pair) {
  const target = (event) => event.target.closest(".node, .word");
  pair.addEventListener("pointerover", (event) => pair.pinned || mark(pair, target(event)));
  pair.addEventListener("pointerleave", () => pair.pinned || mark(pair, null));
  pair.addEventListener("focusin", (event) => { pair.pinned = null; mark(pair, target(event)); });
  pair.addEventListener("click", (event) => {
    if (event.target.classList.contains("fold")) {
      event.target.closest("li").classList.toggle("folded");
      return;
    }
    const chosen = target(event);
    pair.pinned = chosen && chosen !== pair.pinned ? chosen : null;
    mark(pair, pair.pinned);
  });
  pair.addEventListener("keydown", (event) => steer(pair, event));
}

function mark(pair, chosen) {
  pair.querySelectorAll(".lit, .soft").forEach((each) => each.classList.remove("lit", "soft"));
  say(pair, chosen);
  if (!chosen) return;
  chosen.classList.add("lit");
  if (chosen.classList.contains("node")) {
    const [first, end] = [Number(chosen.dataset.node), Number(chosen.dataset.end)];
    pair.querySelectorAll(".word[data-nodes]").forEach((word) => {
      const nodes = word.dataset.nodes.split(" ").map(Number);
      if (nodes.includes(first)) word.classList.add("lit");
      else if (nodes.some((node) => first < node && node < end)) word.classList.add("soft");
    });
  } else if (chosen.dataset.nodes) {
    chosen.dataset.nodes.split(" ").forEach((node) =>
      pair.querySelectorAll(`.node[data-node="${node}"]`).forEach((each) => {
        each.classList.add("lit");
        if (pair.querySelectorAll(".node.lit").length === 1) say(pair, each);
      }));
  }
}

function say(pair, chosen) {
  pair.querySelector(".says").textContent = chosen?.dataset.says || HINT;
}

function steer(pair, event) {
  const node = event.target.closest(".node");
  if (!node) return;
  const shown = [...pair.querySelectorAll(".node")].filter((each) => each.offsetParent);
  const here = shown.indexOf(node);
  const branch = node.closest("li.branch");
  const heads = branch && branch.querySelector(".node") === node;
  const go = (to) => {
    if (!to) return;
    node.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };
  if (event.key === "ArrowDown") go(shown[here + 1]);
  else if (event.key === "ArrowUp") go(shown[here - 1]);
  else if (event.key === "ArrowLeft" && heads && !branch.classList.contains("folded")) branch.classList.add("folded");
  else if (event.key === "ArrowLeft") go(node.closest("ul")?.closest("li")?.querySelector(".node"));
  else if (event.key === "ArrowRight" && heads && branch.classList.contains("folded")) branch.classList.remove("folded");
  else if (event.key === "ArrowRight") go(shown[here + 1]);
  else if (event.key === "Enter" || event.key === " ") { pair.pinned = node; mark(pair, node); }
  else if (event.key === "Escape") { pair.pinned = null; mark(pair, null); }
  else return;
  event.preventDefault();
}
