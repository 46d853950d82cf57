#!/bin/sh
# selftest on real processes: a program that times itself and one that perfwarden times, slowed by pauses, must turn the
# gate red; identical code must not. A busy machine may leave it undecided, never wrong: three tries.
set -eu
perfwarden=$1
work=$2
rm -rf "$work"
mkdir -p "$work"
cd "$work"

cat > work.sh <<'END'
#!/bin/sh
# A tenth of a second or two; /proc/uptime has ticks of 10 ms.
read -r start _ < /proc/uptime
i=0
while [ $i -lt 100000 ]; do i=$((i + 1)); done
read -r end _ < /proc/uptime
echo "own $(echo "$start $end" | awk '{ print $2 - $1 }') s"
END
chmod +x work.sh
cat > perfwarden.yml <<'END'
version: 1
suites:
  itself: { run: ./work.sh, parser: { regex: '^(?<name>\S+) (?<value>\S+) (?<unit>s)$' }, iterations: 12 }
  timed: { run: ./work.sh, parser: time, metrics: [wall_time], iterations: 12 }
budgets: { "*": +20% }
history: off
END

for try in 1 2 3; do
  if "$perfwarden" selftest --slowdown 100% > out.txt 2> err.txt; then
    cat out.txt
    grep -q '✓ head slowed by +100.0 %' out.txt
    grep -q 'itself/own/' out.txt
    grep -q 'timed/' out.txt
    exit 0
  fi
  echo "try $try:"
  cat out.txt err.txt
done
exit 1
