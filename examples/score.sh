#!/usr/bin/env bash
# Interpret a file of clauses and score the rules against a corpus.
#   examples/score.sh CORPUS.csv [ADAPTER]
set -euo pipefail
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: $0 CORPUS.csv [ADAPTER]" >&2
  exit 2
fi
corpus=$1
adapter=${2:-default}
out=$(mktemp -d)
p4ir batch "$corpus" "$out/predictions.jsonl" --adapter "$adapter"
p4ir score "$out/predictions.jsonl" --reference "$corpus"
echo "predictions: $out/predictions.jsonl"
