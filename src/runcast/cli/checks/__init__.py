"""What `runcast doctor` looks at: each room yields findings about one part of a deployment."""
