/** A header block of literal fields that no table keeps (RFC 7541, 6.2.2). */
export function headerBlock(fields) {
  const text = (value) => {
    if (value.length > 126) throw new Error("too long for this encoder");
    return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  };
  return Buffer.concat(fields.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])));
}
