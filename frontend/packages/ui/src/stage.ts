/** Where news is shown: in the sheet on top while one is open, since everything beside a modal dialog is inert. */
const stages: HTMLElement[] = [];
const listeners = new Set<() => void>();

export const topStage = (): HTMLElement => stages.at(-1) ?? document.body;

export function enterStage(stage: HTMLElement): void {
  leaveStage(stage);
  stages.push(stage);
  for (const listener of listeners) listener();
}

export function leaveStage(stage: HTMLElement): void {
  const place = stages.indexOf(stage);
  if (place === -1) return;
  stages.splice(place, 1);
  for (const listener of listeners) listener();
}

export function onStageChange(listener: () => void): void {
  listeners.add(listener);
}
