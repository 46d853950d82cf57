// What uPlot does not draw itself: single values, whiskers, levels, changes, deploys, the limit and pins.
const k_most_values = 6000, k_most_whiskers = 150;

const make_marks = (trend, pinned_points) => {
  const ink = {};
  const recolour = () => {
    for (const name of ['ink', 'soft', 'line', 'page', 'worse', 'better', 'data', 'limit']) ink[name] = theme.colour(name);
  };
  recolour();

  const x_at = (u, x) => Math.round(u.valToPos(x, 'x', true)), y_at = (u, y) => u.valToPos(y, 'y', true);
  const inside = (draw) => (u, view) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    draw(u, view, ctx, bbox, devicePixelRatio);
    ctx.restore();
  };
  const line = (ctx, x1, y1, x2, y2) => {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };
  const font = (ctx, ratio) => { ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`; };

  // A text with the page behind it, so that it is read on top of lines. Returns where it ends.
  const label = (ctx, box, ratio, text, x, y, colour, align) => {
    font(ctx, ratio);
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    const width = ctx.measureText(text).width, pad = 3 * ratio;
    const wanted = { left: x, center: x - width / 2, right: x - width }[align];
    const left = Math.max(box.left + pad, Math.min(box.left + box.width - width - pad, wanted));
    ctx.globalAlpha = 0.85;
    ctx.fillStyle = ink.page;
    ctx.fillRect(left - pad, y - 8 * ratio, width + 2 * pad, 16 * ratio);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillText(text, left, y);
    return left + width + pad;
  };

  const shown = (u, view) => [Math.max(0, u.valToIdx(u.scales.x.min) - 1), Math.min(view.count - 1, u.valToIdx(u.scales.x.max) + 1)];

  const whiskers = inside((u, view, ctx, box, ratio) => {
    const [from, to] = shown(u, view), [x, , , high, low] = view.columns;
    if (to - from > k_most_whiskers) return;
    ctx.strokeStyle = ink.data;
    ctx.globalAlpha = 0.5;
    ctx.lineWidth = ratio;
    for (let k = from; k <= to; k++) {
      if (high[k] !== null && low[k] !== null) line(ctx, x_at(u, x[k]), y_at(u, high[k]), x_at(u, x[k]), y_at(u, low[k]));
    }
  });

  const values = inside((u, view, ctx, box, ratio) => {
    if (!trend.values) return;
    const [from, to] = shown(u, view), [x] = view.columns;
    let count = 0;
    for (let k = from; k <= to; k++) count += trend.values[view.order[k]]?.length ?? 0;
    if (count > k_most_values) return;
    ctx.fillStyle = ink.data;
    ctx.globalAlpha = 0.45;
    const spread = Math.min(box.width / Math.max(1, to - from) * 0.3, 6 * ratio);
    for (let k = from; k <= to; k++) {
      const own = trend.values[view.order[k]] ?? [];
      own.forEach((value, n) => {
        const beside = own.length > 1 ? (n / (own.length - 1) - 0.5) * 2 * spread : 0;
        ctx.beginPath();
        ctx.arc(x_at(u, x[k]) + beside, y_at(u, view.y_of(value)), 1.6 * ratio, 0, 7);
        ctx.fill();
      });
    }
  });

  const levels = inside((u, view, ctx, box, ratio) => {
    ctx.strokeStyle = ink.ink;
    ctx.lineWidth = 2 * ratio;
    for (const { begin, end, level } of trend.segments) {
      const y = y_at(u, view.y_of(level));
      line(ctx, x_at(u, view.edge(begin)), y, x_at(u, view.edge(end)), y);
    }
  });

  const changes = inside((u, view, ctx, box, ratio) => {
    let end = -Infinity;
    for (const one_change of trend.changes) {
      const x = x_at(u, view.edge(one_change.i)), kind = kind_of(trend, one_change);
      if (x < box.left || x > box.left + box.width) continue;
      ctx.strokeStyle = ink[kind];
      ctx.lineWidth = 1.5 * ratio;
      ctx.setLineDash([5 * ratio, 4 * ratio]);
      line(ctx, x, box.top + 18 * ratio, x, box.top + box.height);
      ctx.setLineDash([]);
      const text = tell_change(trend, one_change);
      font(ctx, ratio);
      end = label(ctx, box, ratio, x - ctx.measureText(text).width / 2 < end ? k_signs[kind] : text, x, box.top + 10 * ratio, ink[kind], 'center');
    }
  });

  const deploys = inside((u, view, ctx, box, ratio) => {
    ctx.strokeStyle = ink.soft;
    ctx.lineWidth = ratio;
    let end = -Infinity;
    for (const deploy of trend.deploys ?? []) {
      const x = x_at(u, view.x_mode === 'date' ? deploy.t : deploy.i);
      if (x < box.left || x > box.left + box.width) continue;
      ctx.setLineDash([ratio, 3 * ratio]);
      line(ctx, x, box.top, x, box.top + box.height);
      ctx.setLineDash([]);
      if (x > end) end = label(ctx, box, ratio, '⚑ ' + String(deploy.name).slice(0, 24), x + 4 * ratio, box.top + box.height - 10 * ratio, ink.soft, 'left');
    }
  });

  const limit = inside((u, view, ctx, box, ratio) => {
    if (!Number.isFinite(trend.budget?.value)) return;
    const y = y_at(u, view.y_of(trend.budget.value));
    if (y < box.top || y > box.top + box.height) return;
    ctx.strokeStyle = ink.limit;
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([10 * ratio, 3 * ratio, 2 * ratio, 3 * ratio]);
    line(ctx, box.left, y, box.left + box.width, y);
    ctx.setLineDash([]);
    label(ctx, box, ratio, `limit ${trend.budget.text}`, box.left + 4 * ratio, y - 10 * ratio, ink.limit, 'left');
  });

  const pins = inside((u, view, ctx, box, ratio) => {
    ctx.strokeStyle = ink.ink;
    ctx.lineWidth = 1.5 * ratio;
    pinned_points().forEach((k, n) => {
      const x = x_at(u, view.x_of(k));
      if (x < box.left || x > box.left + box.width) return;
      line(ctx, x, box.top, x, box.top + box.height);
      label(ctx, box, ratio, 'AB'[n], x, box.top + 30 * ratio, ink.ink, 'center');
    });
  });

  return { below: [whiskers, values], above: [deploys, limit, levels, changes, pins], recolour, ink };
};
