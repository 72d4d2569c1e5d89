"""The gates, one function each: from an inspection to a judgement."""
