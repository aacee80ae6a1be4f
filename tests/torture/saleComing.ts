/** Tells the step counter that the transaction which begins next is a sale's. */
let listener = (): void => {};

export function onSaleComing(told: () => void): void {
  listener = told;
}

export const saleComing = (): void => listener();
