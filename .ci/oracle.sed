# New words, and the words that stood there when the results were recorded: s/\bNEW\b/OLD/g
# The build that made them is not among them.
/^  "tool": \{$/,/^  \},$/d
s/^\[Report\]\(index.html\), with pictures of .*\. Made on/Made on/
s/^(Made on the [a-z]+ clock) by herdlab .*(\. To make it again:)$/\1\2/
