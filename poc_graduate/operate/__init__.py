"""What an exported project needs beside its code to be run for years; how much is there."""
