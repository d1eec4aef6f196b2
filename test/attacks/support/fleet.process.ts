import { serveCommands } from './commands.js';
import { Fleet } from './fleet.js';

serveCommands(new Fleet());
