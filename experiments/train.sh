# For the scripts beside it: train STAGE RUN SETTING… trains by the recipe STAGE/cpu into RUN, each
# SETTING as `--set` takes it. A run that is done it leaves, one that was interrupted goes on.
train() {
  local stage=$1 run=$2 resume=()
  shift 2
  [ -e "$run/adapter" ] && return
  [ -e "$run/run.json" ] && resume=(--resume)
  # A guard that is switched off refuses to sign: the status is 1 where there is an adapter.
  p4ir train "$stage" "$stage/cpu" "${resume[@]}" --set output="$run" "${@/#/--set=}" ||
    [[ " $* " = *" guard.enabled=false "* && -e "$run/adapter" ]]
}
