// A page holds buckets of a long series, and no values of single processes. Where somebody looks closer, a served page asks for the runs
// themselves; where somebody looks at all of it again, the page's own points come back. put(answer) shows them.
const k_most_with_values = 400;  // as many runs as the server gives values of

const make_detail = (whole, put) => {
  const first = whole.points.i[0], last = whole.points.i[whole.points.i.length - 1];
  let timer = 0, turn = 0, shown = null;
  const enough = (from, to) => shown && from >= shown.from && to <= shown.to
    && (shown.values || (shown.decimated ? (to - from) * 4 > shown.to - shown.from : to - from > k_most_with_values));
  const ask = async (from, to, mine = ++turn) => {
    const margin = whole.decimated ? to - from : Math.floor((k_most_with_values - (to - from)) / 2);
    const reach = { from: Math.max(first, from - margin), to: Math.min(last, to + margin) };
    const query = new URLSearchParams({ branch: whole.branch, machine: whole.machine, from: `i:${reach.from}`, to: `i:${reach.to}`, values: 1 });
    const answer = await api.get(`series/${whole.series.id}?${query}`).catch(() => null);  // without it the chart stays as it is
    if (!answer?.points?.value?.length || mine !== turn) return;
    shown = { ...reach, values: answer.values, decimated: answer.decimated };
    put(answer);
  };
  return (from, to, is_all) => {
    clearTimeout(timer);
    if (exported || !whole.series || (whole.values && !whole.decimated)) return;
    const is_short = to - from <= k_most_with_values;
    if (is_all && (whole.decimated || !is_short)) {
      turn++;
      timer = setTimeout(() => {
        if (shown) put(whole);
        shown = null;
      });
    } else if ((whole.decimated || is_short) && !enough(from, to)) {
      timer = setTimeout(() => ask(from, to), 200);
    }
  };
};
