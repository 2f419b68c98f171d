// In a dedicated worker: exec.js stands above.
onmessage = async event => postMessage(await exec(event.data.request, event.data.id));
