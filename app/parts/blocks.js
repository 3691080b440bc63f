// Shows HTML that p4ir.evaluation.html made and escaped.
export default function ({ parentElement, data }) {
  const blocks = parentElement.querySelector(".blocks");
  if (blocks.content === data.html) return;
  blocks.content = data.html;
  blocks.innerHTML = data.html;
}
