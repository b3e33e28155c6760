import { buildProduct } from './build-product.mjs';
import { ensurePackages } from './packages.mjs';

ensurePackages();
buildProduct();
