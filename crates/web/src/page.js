'use strict';
// The page says everything without this; with it, the plan can be looked at as it was after any event.
(() => {
  const $ = (id) => document.getElementById(id);
  const changes = JSON.parse($('history').textContent);
  const rows = [...$('events').children];
  const dots = [...$('dots').querySelectorAll('circle')];
  const slider = $('slider'), view = $('view'), now = $('now');
  // The lines after every so many events, so that no jump applies more changes than that.
  const EVERY = 100;
  const kept = [[]];

  const apply = (lines, at) => {
    for (const [start, gone, come] of changes[at]) lines.splice(start, gone, ...come);
    return lines;
  };
  const linesAfter = (count) => {
    let base = Math.min(Math.floor(count / EVERY), kept.length - 1);
    let lines = kept[base].slice();
    for (let at = base * EVERY; at < count; at++) {
      apply(lines, at);
      if ((at + 1) % EVERY === 0 && kept.length === (at + 1) / EVERY) kept.push(lines.slice());
    }
    return lines;
  };

  const put = (parent, text, kind) => {
    const line = document.createElement('div');
    line.textContent = text;
    line.dir = 'auto';
    if (kind) line.className = kind;
    parent.append(line);
    return line;
  };
  const show = (count) => {
    const before = linesAfter(count - 1);
    const parts = changes[count - 1].slice().reverse();
    const page = document.createDocumentFragment();
    let first = null, at = 0;
    const plain = (end) => { for (; at < end; at++) put(page, before[at], before[at].startsWith('#') ? 'h' : ''); };
    for (const [start, gone, come] of parts) {
      plain(start);
      for (; at < start + gone; at++) { const line = put(page, before[at], 'del'); first ??= line; }
      for (const text of come) { const line = put(page, text, 'add'); first ??= line; }
    }
    plain(before.length);
    view.replaceChildren(page);
    const row = rows[count - 1];
    now.replaceChildren(...[...row.cloneNode(true).childNodes]);
    const said = `Event ${count} of ${rows.length}: ${row.querySelector('.what').textContent}`;
    slider.setAttribute('aria-valuetext', said);
    slider.value = count;
    $('place').textContent = `${count} / ${rows.length}`;
    $('earlier').disabled = count <= 1;
    $('later').disabled = count >= rows.length;
    document.querySelectorAll('.at').forEach((old) => old.classList.remove('at'));
    row.classList.add('at');
    dots[count - 1]?.classList.add('at');
    // The second change says more than the first, which is most often the date in the front matter.
    const changed = view.querySelectorAll('.add, .del');
    const target = [...changed].find((line) => !line.textContent.startsWith('last_updated')) ?? first;
    view.scrollTop = target ? Math.max(0, target.offsetTop - view.offsetTop - view.clientHeight / 3) : 0;
  };

  let wanted = 0;
  const go = (count) => {
    count = Math.min(Math.max(1, count), rows.length);
    if (!wanted) requestAnimationFrame(() => { const last = wanted; wanted = 0; show(last); });
    wanted = count;
  };
  const fromHash = () => {
    const match = /^#e(\d+)$/.exec(location.hash);
    if (match) go(Number(match[1]));
    return Boolean(match);
  };

  const search = () => {
    const words = $('search').value.toLowerCase().trim();
    let events = 0, places = 0;
    for (const row of rows) {
      row.hidden = words !== '' && !row.textContent.toLowerCase().includes(words);
      if (!row.hidden) events++;
    }
    for (const block of document.querySelectorAll('#plan :is(h1,h2,h3,h4,h5,h6,p,li,td,pre), #decisions .decision')) {
      const own = block.querySelector('p, li') ? [...block.childNodes].filter((n) => n.nodeType === 3 || !/^(P|UL|OL)$/.test(n.nodeName)).map((n) => n.textContent).join('') : block.textContent;
      const found = words !== '' && (block.matches('.decision') ? block.textContent : own).toLowerCase().includes(words);
      block.classList.toggle('found', found);
      if (found) places++;
    }
    $('search-said').textContent = words === '' ? '' : `${events} of ${rows.length} events, ${places} places in the plan and its decisions`;
  };

  slider.addEventListener('input', () => go(Number(slider.value)));
  $('earlier').addEventListener('click', () => go(Number(slider.value) - 1));
  $('later').addEventListener('click', () => go(Number(slider.value) + 1));
  $('dots').addEventListener('click', (event) => { const n = event.target.dataset?.n; if (n) go(Number(n)); });
  $('search').addEventListener('input', search);
  window.addEventListener('hashchange', fromHash);
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !/^(INPUT|TEXTAREA)$/.test(document.activeElement?.nodeName)) { event.preventDefault(); $('search').focus(); }
    if (event.key === 'Escape' && document.activeElement === $('search')) { $('search').value = ''; search(); }
  });
  for (const id of ['scripted', 'search']) $(id).hidden = false;
  if (rows.length && !fromHash()) show(rows.length);
})();
