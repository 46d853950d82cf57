# shellcheck shell=bash
# store podman|buildah …: with a store of our own below $work, so that nothing of the machine's is touched.
# shellcheck disable=SC2154 # $work is the caller's
store() {
  local tool=$1
  shift
  "$tool" --root "$work/store" --runroot "$work/run" --storage-driver overlay "$@"
}
# runc: crun refuses hybrid cgroups. The two limits: without CAP_SYS_RESOURCE the defaults cannot be set.
run_container() {
  podman --root "$work/store" --runroot "$work/run" --storage-driver overlay --runtime runc --cgroup-manager cgroupfs run --rm \
    --network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "$@"
}
