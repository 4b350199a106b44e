"""Did what was done work? Units before and after, against units that had not started; a series alone; customers at random."""
