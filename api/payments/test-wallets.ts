import { Vault } from '../privacy/vault.ts';
import { KeptWallets } from './kept-wallets.ts';

const masterKey = Buffer.alloc(32, 3);

/** For books of payments without people. */
export const testWallets = new KeptWallets(new Vault(masterKey), masterKey);
