# Gives a throw-away root a package system of its own: dpkg knows one package, apt one repository of small ones.
# Every word that apt then says is the same on every machine.
set -eu
for place in /var/lib/dpkg /var/lib/apt /var/cache/apt /etc/apt /srv; do mount -t tmpfs none $place; done
mkdir -p /var/lib/dpkg/info /var/lib/dpkg/updates /var/lib/dpkg/triggers /var/lib/apt/lists/partial \
    /var/cache/apt/archives/partial /etc/apt/apt.conf.d /etc/apt/preferences.d /etc/apt/sources.list.d \
    /etc/apt/trusted.gpg.d /srv/stable /srv/testing
printf 'Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: N\nDescription: d\n' \
    > /var/lib/dpkg/status
echo /. > /var/lib/dpkg/info/dpkg.list
touch /var/lib/dpkg/available
echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/quick
printf 'amd64\ni386\n' > /var/lib/dpkg/arch

pack() {  # pack SUITE NAME VERSION ARCHITECTURE [CONTROL LINE...]
    suite=$1 name=$2 version=$3 arch=$4
    shift 4
    mkdir -p /srv/work/DEBIAN /srv/work/usr/share/$name
    printf '%s\n' "Package: $name" "Version: $version" "Architecture: $arch" 'Maintainer: N <n@example.com>' "$@" \
        "Description: $name" > /srv/work/DEBIAN/control
    dpkg-deb --root-owner-group -Znone -b /srv/work /srv/$suite/${name}_${version}_$arch.deb > /dev/null
    rm -r /srv/work
}

index() {  # index SUITE: describe the packages in /srv/SUITE
    cd /srv/$1
    for file in *.deb; do
        dpkg-deb -f $file
        printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' $file $(stat -c %s $file) $(sha256sum $file | cut -c -64)
    done > Packages
    {
        printf 'Suite: %s\nCodename: %s\nArchitectures: amd64 i386\nDate: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n' $1 $1
        for file in Packages Sources; do
            [ ! -e $file ] || printf ' %s %s %s\n' $(sha256sum $file | cut -c -64) $(stat -c %s $file) $file
        done
    } > Release
    cd /
}

pack stable alpha 1.0 all
pack stable alpha 1.1 all
pack testing alpha 2.0 all
pack stable beta 1.0 all 'Depends: gamma'
pack stable gamma 1.0 all
pack stable wishes 1.0 all 'Recommends: gamma'
pack stable mail-one 1.0 all 'Provides: mail-thing'
pack stable mail-two 1.0 all 'Provides: mail-thing, other-thing'
pack stable foreign 1.0 i386
pack stable native 1.0 amd64
pack stable broken 1.0 all 'Depends: nowhere'
mkdir -p /srv/work/etc /srv/work/DEBIAN /srv/local
echo 1 > /srv/work/etc/conf.conf
echo /etc/conf.conf > /srv/work/DEBIAN/conffiles
pack stable conf 1.0 all
pack local local 1.0 all 'Depends: gamma'
printf '%s\n' 'Package: alpha' 'Binary: alpha' 'Version: 1.1' 'Maintainer: N <n@example.com>' 'Format: 1.0' \
    'Architecture: all' 'Build-Depends: gamma' 'Directory: .' 'Checksums-Sha256:' '' > /srv/stable/Sources
index stable
index testing
for line in 'deb [trusted=yes] file:/srv/stable ./' 'deb-src [trusted=yes] file:/srv/stable ./' \
    'deb [trusted=yes] file:/srv/testing ./'; do echo "$line"; done > /etc/apt/sources.list
apt-get -qq update
mkdir /var/lib/apt/periodic
touch -d '2026-01-01 UTC' /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists
