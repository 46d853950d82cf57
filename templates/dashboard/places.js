// Where our pages are: served below the root, exported as files beside each other. The server writes its links by the same rule.
const place_of = {
  alert: (id) => root + (exported ? `alert-${id}.html` : `alerts/${id}`),
  series: (id) => root + (exported ? `series-${id}.html` : `series/${id}`),
  run: (id, series) => exported ? null : `${root}runs/${id}${series ? `?series=${series}` : ''}`,
  compare: (base, head) => exported ? null : `${root}compare?base=${encodeURIComponent(base)}&head=${encodeURIComponent(head)}`,
};
