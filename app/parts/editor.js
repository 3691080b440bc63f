// A text field that reports what is typed, and marks the place of what is wrong with it.
const PAUSE_MS = 250;

export default function ({ parentElement, data, setStateValue }) {
  const editor = parentElement.querySelector(".editor");
  const field = editor.querySelector("textarea");
  if (editor.version !== data.version) {
    editor.version = data.version;
    field.value = data.text;
    editor.typed = data.text;
  }
  editor.tell = () => {
    editor.typed = field.value;
    setStateValue("typed", { text: field.value, version: editor.version });
  };
  if (!editor.isWired) {
    editor.isWired = true;
    field.addEventListener("input", () => {
      clearTimeout(editor.waiting);
      editor.waiting = setTimeout(() => editor.tell(), PAUSE_MS);
      show(editor, field, null, "");
    });
    field.addEventListener("blur", () => {
      clearTimeout(editor.waiting);
      if (editor.typed !== field.value) editor.tell();
    });
    field.addEventListener("scroll", () => { editor.querySelector(".behind").scrollTop = field.scrollTop; });
  }
  if (editor.typed === field.value) {
    show(editor, field, data.problem, data.problem ? data.problem.message : "This is a rule.");
  }
}

function show(editor, field, problem, message) {
  const behind = editor.querySelector(".behind");
  const verdict = editor.querySelector(".verdict");
  verdict.textContent = message;
  verdict.className = `verdict ${problem ? "bad" : "good"}`;
  field.ariaInvalid = String(Boolean(problem));
  if (!problem || !problem.line) return behind.replaceChildren();
  const lines = field.value.split("\n");
  const start = lines.slice(0, problem.line - 1).join("\n").length + (problem.line > 1 ? 1 : 0) + problem.column - 1;
  const rest = field.value.slice(start);
  const length = Math.max(1, (/^[^\s(),]+|^./.exec(rest) || [""])[0].length);
  const mark = document.createElement("mark");
  mark.textContent = rest.slice(0, length).trim() ? rest.slice(0, length) : "\u00a0\u00a0";
  behind.replaceChildren(field.value.slice(0, start), mark, rest.slice(length));
}
