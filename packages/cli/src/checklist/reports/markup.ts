const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made fit for HTML and XML, between tags and in attributes: what XML 1.0 has no place for is a question mark. */
export const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]|\p{Cs}/gu, '?')
