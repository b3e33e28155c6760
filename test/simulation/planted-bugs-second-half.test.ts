import { testPlantedBugs } from './catch-planted-bugs.js';

testPlantedBugs(1);
