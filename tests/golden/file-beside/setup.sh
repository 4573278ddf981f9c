#!/bin/sh
echo "grün"
