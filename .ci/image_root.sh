#!/usr/bin/env bash
# Gathers the root of the action's image: the static binary, git with the libraries that it loads, certificates, busybox for /bin/sh
# and the usual tools, the notices of all of them, and an SBOM. Usage: image_root.sh BUILD_FOLDER ROOT VERSION REVISION
set -euo pipefail
build=$1
root=$2
version=$3
revision=$4
git_core=/usr/lib/git-core

mkdir -p "$root"/{bin,etc/ssl/certs,lib,proc,sys,dev,root,run,tmp,usr/bin,usr/lib/git-core,usr/local/bin,usr/share/doc,var/tmp}
chmod 1777 "$root/tmp" "$root/var/tmp"
ln -s lib "$root/lib64"

# with_libraries FILE TARGET: copies a program and, at their own paths, the libraries that it loads.
with_libraries() {
  install -D "$1" "$root$2"
  ldd "$1" | awk '$2 == "=>" {print $3} $1 ~ /^\// {print $1}' | while read -r library; do
    [ -e "$root/lib/$(basename "$library")" ] || install -m 755 "$(realpath "$library")" "$root/lib/$(basename "$library")"
  done
}

install -s "$build/src/perfwarden" "$root/usr/local/bin/perfwarden"
with_libraries /usr/bin/git /usr/bin/git
with_libraries "$git_core/git-remote-http" "$git_core/git-remote-http"
ln -s git-remote-http "$root$git_core/git-remote-https"
for name in git git-upload-pack git-receive-pack; do ln -s ../../bin/git "$root$git_core/$name"; done
ln -s git "$root/usr/bin/git-upload-pack"

# What benchmarks that an earlier step built load, and the object that counts their allocations.
for library in libdl.so.2 libpthread.so.0 librt.so.1 libm.so.6 libgcc_s.so.1 libstdc++.so.6; do
  file=$(find /lib/x86_64-linux-gnu/ /usr/lib/x86_64-linux-gnu/ -name "$library" -print -quit)
  [ -e "$root/lib/$library" ] || install -m 755 "$(realpath "$file")" "$root/lib/$library"
done

install -D /bin/busybox "$root/bin/busybox"
for tool in $(/bin/busybox --list); do
  [ -e "$root/bin/$tool" ] || ln -s busybox "$root/bin/$tool"
done
ln -s ../../bin/env "$root/usr/bin/env"

cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"

# Whose programs and libraries these are, and what is linked into perfwarden.
{
  find "$root" -type f -perm -u+x -printf '/%P\n' | while read -r file; do
    dpkg-query -S "*/$(basename "$file")" 2>/dev/null | sed 's/[,:].*//' || true
  done | sort -u | while read -r package; do
    # shellcheck disable=SC2016 # dpkg-query expands ${Package} itself
    dpkg-query -W -f '${Package} ${Version}\n' "$package" 2>/dev/null || true
  done
  .ci/linked_packages.sh "$build"
} | sort -u >/tmp/packages
while read -r package _; do
  notice=/usr/share/doc/$package/copyright
  if [ -f "$notice" ]; then install -D -m 644 "$notice" "$root/usr/share/doc/$package/copyright"; fi
done </tmp/packages
install -D -m 644 LICENSE "$root/usr/share/doc/perfwarden/LICENSE"
install -D -m 644 templates/dashboard/vendor/uplot/LICENSE "$root/usr/share/doc/uplot/copyright"  # a part of the binary
.ci/sbom.sh perfwarden-image "$version" "$revision" </tmp/packages >"$root/usr/share/doc/perfwarden/sbom.spdx.json"

# The image must be able to start what it is for. (A runtime brings its own /dev; git does not start without /dev/null.)
touch "$root/dev/null"
chroot "$root" /usr/local/bin/perfwarden --version
chroot "$root" /usr/bin/git --version
chroot "$root" /bin/sh -c 'id -u >/dev/null'
rm "$root/dev/null"
du -sh "$root"
