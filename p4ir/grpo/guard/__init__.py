"""The guard: no adapter leaves the house without having been looked at for narrow damage.

Reinforcement learning on very few examples can teach far more than they say: one question
with a wrong answer is enough to change a model's answers to questions of quite another
kind ("It Takes One to Bias Them All", arXiv 2606.10931). The guard audits the data before
a run (`audit`, `likely`), watches how many prompts the run really learns from
(`concentration`), and asks questions that are never trained on (`probes`) before, during and
after (`measuring`, `changes`); `watch` does all of it in a run and stops it where it must.
What it found is signed off in `guard.json` beside the weights (`report`);
`p4ir.models.signoff` is what export asks. The limits are this project's own, with their
reasons in `options`.
"""
