import { serveCommands } from './commands.js';
import { HonestLoad } from './honest-load.js';

// A process of their own, so that no attacker's work delays the clocks of honest clients.
serveCommands(new HonestLoad());
