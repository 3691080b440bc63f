// A list to choose from: one stop for the Tab key, arrow keys inside. Text is set as text.
const SIGNS = { good: "✓", doubtful: "⚑", bad: "✕", plain: "", none: "○" };

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector(".queue");
  const content = JSON.stringify(data);
  list.choose = (id) => id && id !== list.chosen && setTriggerValue("choice", id);
  if (list.content === content) return;
  list.content = content;
  list.chosen = data.chosen;
  list.replaceChildren(...data.items.map((item) => entry(item, item.id === data.chosen)));
  const chosen = list.querySelector(".chosen");
  if (chosen) chosen.scrollIntoView({ block: "nearest" });
  if (list.isWired) return;
  list.isWired = true;
  list.addEventListener("click", (event) => list.choose(event.target.closest("li")?.dataset.id));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const entries = [...list.children];
    const here = entries.findIndex((each) => each.dataset.id === list.chosen);
    list.choose(entries[here + step]?.dataset.id);
  });
}

function entry(item, isChosen) {
  const element = document.createElement("li");
  element.dataset.id = item.id;
  element.role = "option";
  element.ariaSelected = String(isChosen);
  element.className = `${item.tone} ${isChosen ? "chosen" : ""}`;
  const head = part("div", "head", "");
  head.append(part("span", "", item.title), part("span", "note", item.note));
  element.append(part("span", "sign", SIGNS[item.tone]), head, part("div", "text", item.text));
  return element;
}

function part(tag, name, text) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}
