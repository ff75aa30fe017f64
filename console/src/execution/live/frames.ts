// The clock of the screen: what is drawn waits for the next frame, what computes lets the page breathe.

export interface Frames {
  now(): number;
  /** Call back before the next frame is drawn. */
  next(callback: (time: number) => void): void;
  /** Let input and drawing have their turn. */
  rest(): Promise<void>;
}

interface Yielding {
  readonly scheduler?: { yield?: () => Promise<void> };
}

export const frames: Frames = {
  now: () => performance.now(),
  next: (callback) => void requestAnimationFrame(callback),
  rest: () => (globalThis as Yielding).scheduler?.yield?.() ?? posted(),
};

function posted(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.addEventListener("message", () => {
      channel.port1.close();
      resolve();
    });
    channel.port1.start();
    channel.port2.postMessage(null);
  });
}
