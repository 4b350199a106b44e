"""One notebook is run: the engine that forks, the kernel where fork is not safe, and the process around both."""
