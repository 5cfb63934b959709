/** Only a path of this site: a link from elsewhere must not send a freshly signed-in person away. */
export function safeNext(next: string): string {
  return /^\/(?![/\\])/.test(next) ? next : '';
}
