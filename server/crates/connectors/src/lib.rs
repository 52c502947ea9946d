//! Call-control adapters behind one trait.
