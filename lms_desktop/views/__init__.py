"""What a person sees: windows, pages and the kit they are made of. The only layer, with `models`, that knows Qt."""
