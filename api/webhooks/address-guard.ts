import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** An endpoint's address that we do not connect to. */
export class AddressRefused extends Error {}

/** Turns a host name into its addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Networks that are not the public internet (IANA special-purpose registries for IPv4 and IPv6). */
const PRIVATE_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Only global unicast passes, without documentation, benchmarking, Teredo and 6to4 (which carry an IPv4 address). */
const PRIVATE_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const privateNetworks = new BlockList();
for (const [network, bits] of PRIVATE_V4) privateNetworks.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of PRIVATE_V6) privateNetworks.addSubnet(network, bits, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !privateNetworks.check(address, 'ipv4');
  return isIP(address) === 6 && globalUnicast.check(address, 'ipv6') && !privateNetworks.check(address, 'ipv6');
}

export const resolveBySystem: Resolve = async (host) =>
  (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * Decides where webhooks may go. `addressesOf` is asked once per connection and the connection is made to exactly what
 * it answered, so a name that changes its address between check and connect (DNS rebinding) gains nothing.
 */
export class AddressGuard {
  readonly allowPrivate: boolean;
  readonly #resolve: Resolve;

  constructor(options: { allowPrivate?: boolean; resolve?: Resolve } = {}) {
    this.allowPrivate = options.allowPrivate ?? false;
    this.#resolve = options.resolve ?? resolveBySystem;
  }

  /** The parsed URL; throws AddressRefused for what no webhook may be sent to. Plain http only where private networks are allowed. */
  checkUrl(text: string): URL {
    const url = URL.parse(text);
    if (url === null) throw new AddressRefused('found no URL, expected https://host/path');
    const schemes = this.allowPrivate ? ['https:', 'http:'] : ['https:'];
    if (!schemes.includes(url.protocol)) throw new AddressRefused(`found ${url.protocol}//, expected https://`);
    if (url.username !== '' || url.password !== '')
      throw new AddressRefused('found a password in the URL, expected none');
    const host = hostOf(url);
    if (isIP(host) !== 0) this.#checkAddresses(host, [host]);
    return url;
  }

  /** All addresses of a host name; throws AddressRefused when any of them is private: half a private name is one. */
  async addressesOf(host: string): Promise<readonly string[]> {
    const addresses = isIP(host) !== 0 ? [host] : await this.#resolve(host);
    if (addresses.length === 0) throw new AddressRefused(`${host}: found no address`);
    this.#checkAddresses(host, addresses);
    return addresses;
  }

  #checkAddresses(host: string, addresses: readonly string[]): void {
    const bad = this.allowPrivate ? undefined : addresses.find((address) => !isPublicAddress(address));
    if (bad !== undefined) throw new AddressRefused(`${host}: found the private address ${bad}, expected a public one`);
  }
}

/** A URL's host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
