import { Injectable } from '@nestjs/common';
import type { ConnectedClient, OnSocketAuthenticated } from '../../src/index.js';
import { ROOMS } from '../cluster-messages.js';

/** Shows everybody to their rooms. Who comes back gets there what was missed. */
@Injectable()
export class Doorkeeper implements OnSocketAuthenticated {
  async onSocketAuthenticated(client: ConnectedClient): Promise<void> {
    const { role } = client.meta;
    // The organiser is told who else comes and goes.
    const joining = [client.join(ROOMS.everybody, { members: role === 'organiser' })];
    if (role === 'organiser') joining.push(client.join(ROOMS.verdicts));
    if (role === 'watcher') joining.push(client.join(ROOMS.hall));
    await Promise.all(joining);
  }
}
