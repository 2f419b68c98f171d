// In the page: exec.js stands above, and config says which browser this is and which generation of the page.
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

// Console lines that come after the event they belong to arrive within this time, in milliseconds. Firefox's come from several
// processes.
const SETTLE = config.browser === 'firefox' ? 100 : 25;

// What a page logs does not reach the listener that Firefox's messages are read with; what it reports does.
const mark = text => config.browser === 'firefox' ? reportError(new Error(text)) : console.log(text);

const control = (path, init) => fetch(`/${path}?g=${config.generation}`, init);

function inFrame(request, id) {
  return new Promise(resolve => {
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    const call = JSON.stringify([request, id]).replace(/</g, '\\u003c');
    frame.srcdoc = `<body><script>${config.exec}\nexec(...${call}).then(r => parent.postMessage(r, '*'))<\/script>`;
    onmessage = event => { resolve(event.data); setTimeout(() => frame.remove(), 200); };
    document.body.appendChild(frame);
  });
}

function workerRunner() {
  const worker = new Worker(`/__worker.js?b=${config.browser}`);
  const run = (request, id) => new Promise(resolve => {
    worker.onmessage = event => resolve(event.data);
    worker.onerror = event => resolve({ error: '!! worker: ' + event.message });
    worker.postMessage({ request, id });
  });
  return [run, () => worker.terminate()];
}

async function play(scenario) {
  let run = exec, end = () => {};
  if (scenario.client.opaque) run = inFrame;
  if (scenario.client.worker) [run, end] = workerRunner();
  const results = [];
  for (const request of scenario.steps || [scenario.request]) {
    if (request.wait) await sleep(request.wait);
    results.push(await run(request, scenario.id));
  }
  await sleep(SETTLE);
  end();
  return scenario.steps ? results : results[0];
}

(async () => {
  for (;;) {
    const order = await (await control('__next')).json();
    if (order.go) { location.replace(order.go); return; }
    if (!order.scenario) return;
    const { id } = order.scenario;
    mark('@@begin ' + id);
    const js = await play(order.scenario);
    mark('@@end ' + id);
    await control('__result', { method: 'POST', body: JSON.stringify({ id, js }) });
    document.body.replaceChildren();
  }
})();
