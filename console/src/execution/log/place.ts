// Where a list was left, kept while another pane is looked at. It is no state: nothing is drawn anew for it.

export interface Place {
  get(): number;
  set(scrollTop: number): void;
}

export function newPlace(): Place {
  let at = 0;
  return {
    get: () => at,
    set: (scrollTop) => {
      at = scrollTop;
    },
  };
}
