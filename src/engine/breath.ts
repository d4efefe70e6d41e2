// A pause in which other messages are heard. Not a timer: browsers round those up, to 4 ms from the fifth in a row.

/** Ends once what was waiting before it, a Stop among it, was heard; takes microseconds where nothing was. */
export function breath(): Promise<void> {
  return new Promise((resume) => {
    if (typeof setImmediate === "function") return void setImmediate(resume);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(null);
  });
}
