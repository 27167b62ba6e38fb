"""What was found in the traffic: findings, pictures of one number, campaigns, holders, rules and their shadow runs."""
