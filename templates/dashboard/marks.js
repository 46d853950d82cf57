// What uPlot does not draw itself: single values, levels, changes, deploys, the limit and pins. Each is a function of the plot's canvas.
const k_most_values = 6000, k_most_whiskers = 150;

const make_marks = (trend, view, pins) => {
  let ink = {};
  const colours = () => {
    for (const name of ['ink', 'soft', 'line', 'page', 'worse', 'better', 'data', 'limit']) ink[name] = theme.colour(name);
  };
  colours();

  const visible = (u) => [Math.max(0, u.valToIdx(u.scales.x.min) - 1), Math.min(view.count - 1, u.valToIdx(u.scales.x.max) + 1)];
  const inside = (u, draw) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    draw(ctx, bbox, devicePixelRatio);
    ctx.restore();
  };
  const x_at = (u, x) => Math.round(u.valToPos(x, 'x', true)), y_at = (u, y) => u.valToPos(y, 'y', true);
  const line = (ctx, x1, y1, x2, y2) => {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };

  // Every value of every run, and its interval as a whisker, while there are few enough to tell apart.
  const values = (u) => inside(u, (ctx, box, ratio) => {
    const [from, to] = visible(u);
    ctx.strokeStyle = ink.data;
    ctx.lineWidth = ratio;
    if (to - from < k_most_whiskers) {
      ctx.globalAlpha = 0.5;
      for (let k = from; k <= to; k++) {
        if (view.columns[1][k] !== null && view.columns[2][k] !== null) {
          const x = x_at(u, view.columns[0][k]);
          line(ctx, x, y_at(u, view.columns[1][k]), x, y_at(u, view.columns[2][k]));
        }
      }
    }
    if (!trend.values) return;
    let count = 0;
    for (let k = from; k <= to && count <= k_most_values; k++) count += trend.values[view.order[k]]?.length ?? 0;
    if (count > k_most_values) return;
    ctx.fillStyle = ink.data;
    ctx.globalAlpha = 0.35;
    const step = box.width / Math.max(1, to - from), spread = Math.min(step * 0.3, 6 * ratio);
    for (let k = from; k <= to; k++) {
      const own = trend.values[view.order[k]] ?? [], x = x_at(u, view.columns[0][k]);
      own.forEach((value, n) => {
        ctx.beginPath();
        ctx.arc(x + (own.length > 1 ? (n / (own.length - 1) - 0.5) * 2 * spread : 0), y_at(u, view.y_of(value)), 1.6 * ratio, 0, 7);
        ctx.fill();
      });
    }
  });

  const levels = (u) => inside(u, (ctx, box, ratio) => {
    ctx.strokeStyle = ink.ink;
    ctx.lineWidth = 2 * ratio;
    for (const level of trend.levels) {
      const y = y_at(u, view.y_of(level.value));
      line(ctx, x_at(u, view.edge(level.first)), y, x_at(u, view.edge(level.last + 1)), y);
    }
  });

  // Text with the page behind it, so that it is read on top of a line; returns where it ends.
  const label = (ctx, box, ratio, text, x, y, colour, align = 'center') => {
    ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    const width = ctx.measureText(text).width, pad = 3 * ratio;
    const wanted = align === 'center' ? x - width / 2 : align === 'right' ? x - width : x;
    const left = Math.max(box.left + pad, Math.min(box.left + box.width - width - pad, wanted));
    ctx.globalAlpha = 0.85;
    ctx.fillStyle = ink.page;
    ctx.fillRect(left - pad, y - 8 * ratio, width + 2 * pad, 16 * ratio);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillText(text, left, y);
    return left + width + pad;
  };

  const changes = (u) => inside(u, (ctx, box, ratio) => {
    let end = -Infinity;
    for (const one_change of trend.changes) {
      const x = x_at(u, view.edge(one_change.at)), kind = mark_of(trend, one_change);
      if (x < box.left || x > box.left + box.width) continue;
      ctx.strokeStyle = ink[kind];
      ctx.lineWidth = 1.5 * ratio;
      ctx.setLineDash([5 * ratio, 4 * ratio]);
      line(ctx, x, box.top + 18 * ratio, x, box.top + box.height);
      ctx.setLineDash([]);
      const text = `${k_marks[kind]} ${change(one_change.share)}`;
      ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
      const half = ctx.measureText(text).width / 2;
      end = label(ctx, box, ratio, x - half < end ? k_marks[kind] : text, x, box.top + 10 * ratio, ink[kind]);
    }
  });

  const deploys = (u) => inside(u, (ctx, box, ratio) => {
    ctx.strokeStyle = ink.soft;
    ctx.lineWidth = ratio;
    let end = -Infinity;
    for (const deploy of trend.deploys) {
      const x = x_at(u, view.x_mode === 'date' ? deploy.time / 1000 : view.edge(deploy.at));
      if (x < box.left || x > box.left + box.width) continue;
      ctx.setLineDash([ratio, 3 * ratio]);
      line(ctx, x, box.top, x, box.top + box.height);
      ctx.setLineDash([]);
      if (x > end) end = label(ctx, box, ratio, '⚑ ' + deploy.label.slice(0, 24), x + 4 * ratio, box.top + box.height - 10 * ratio, ink.soft, 'left');
    }
  });

  const limit = (u) => trend.limit && inside(u, (ctx, box, ratio) => {
    const y = y_at(u, view.y_of(trend.limit.value));
    if (y < box.top || y > box.top + box.height) return;
    ctx.strokeStyle = ink.limit;
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([10 * ratio, 3 * ratio, 2 * ratio, 3 * ratio]);
    line(ctx, box.left, y, box.left + box.width, y);
    ctx.setLineDash([]);
    label(ctx, box, ratio, 'limit ' + (trend.limit.text ?? ''), box.left + box.width - 4 * ratio, y - 10 * ratio, ink.limit, 'right');
  });

  const pinned = (u) => inside(u, (ctx, box, ratio) => {
    ctx.strokeStyle = ink.ink;
    ctx.lineWidth = 1.5 * ratio;
    pins.points().forEach((i, n) => {
      const x = x_at(u, view.x_of(i));
      line(ctx, x, box.top, x, box.top + box.height);
      label(ctx, box, ratio, 'AB'[n], x, box.top + 28 * ratio, ink.ink);
    });
  });

  return {
    below: [(u) => values(u)],
    above: [deploys, limit, levels, changes, pinned],
    recolour: colours,
    ink,
  };
};
