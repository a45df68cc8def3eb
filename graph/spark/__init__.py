"""A partnership graph on Apache Spark, for what does not fit one machine."""
