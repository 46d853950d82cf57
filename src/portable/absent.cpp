// What Debian's archives of libcurl and libpq refer to and a static perfwarden does without: LDAP, SSH, RTMP, Kerberos
// and the list of public suffixes. Most of these libraries have no archive to link. perfwarden allows libcurl only
// http, https, smtp and smtps, so that SSH and RTMP are never called: a call traps.
//
// What is called all the same answers that it is not there: what libcurl starts whatever it is used for, LDAP where a
// pg_service.conf asks for it, and Kerberos, which libpq tries before it falls back to TLS. A libcurl that needs
// another name does not link.
//
// Of capstone's machines only x86 is decoded (identity/decoder.cpp): the tables of the others would be a quarter of the
// binary, and most of what is relocated at each start.

#include <cstdint>

// clang-format off
#define PW_ABSENT_LDAP(one) \
  one(ldap_abandon_ext) one(ldap_count_entries) one(ldap_err2string) one(ldap_first_entry) one(ldap_free_urldesc) \
  one(ldap_get_attribute_ber) one(ldap_get_dn_ber) one(ldap_get_option) one(ldap_get_values_len) one(ldap_init) \
  one(ldap_init_fd) one(ldap_memfree) one(ldap_msgfree) one(ldap_msgtype) one(ldap_parse_result) \
  one(ldap_parse_sasl_bind_result) one(ldap_pvt_url_scheme2proto) one(ldap_result) one(ldap_sasl_bind) \
  one(ldap_search_ext) one(ldap_search_st) one(ldap_set_option) one(ldap_simple_bind) one(ldap_start_tls) \
  one(ldap_unbind) one(ldap_unbind_ext) one(ldap_url_parse) one(ldap_value_free_len) one(ber_bvfree) one(ber_free) \
  one(ber_memfree) one(ber_sockbuf_add_io)
#define PW_ABSENT_SSH(one) \
  one(libssh2_agent_connect) one(libssh2_agent_disconnect) one(libssh2_agent_free) one(libssh2_agent_get_identity) \
  one(libssh2_agent_init) one(libssh2_agent_list_identities) one(libssh2_agent_userauth) one(libssh2_channel_free) \
  one(libssh2_channel_read_ex) one(libssh2_channel_send_eof) one(libssh2_channel_wait_closed) \
  one(libssh2_channel_wait_eof) one(libssh2_channel_write_ex) one(libssh2_hostkey_hash) one(libssh2_knownhost_add) \
  one(libssh2_knownhost_checkp) one(libssh2_knownhost_del) one(libssh2_knownhost_free) one(libssh2_knownhost_get) \
  one(libssh2_knownhost_init) one(libssh2_knownhost_readfile) one(libssh2_knownhost_writefile) \
  one(libssh2_scp_recv2) one(libssh2_scp_send64) one(libssh2_session_abstract) \
  one(libssh2_session_block_directions) one(libssh2_session_callback_set) one(libssh2_session_disconnect_ex) \
  one(libssh2_session_flag) one(libssh2_session_free) one(libssh2_session_handshake) one(libssh2_session_hostkey) \
  one(libssh2_session_init_ex) one(libssh2_session_last_errno) one(libssh2_session_last_error) \
  one(libssh2_session_method_pref) one(libssh2_session_set_blocking) one(libssh2_sftp_close_handle) \
  one(libssh2_sftp_init) one(libssh2_sftp_last_error) one(libssh2_sftp_mkdir_ex) one(libssh2_sftp_open_ex) \
  one(libssh2_sftp_read) one(libssh2_sftp_readdir_ex) one(libssh2_sftp_rename_ex) one(libssh2_sftp_rmdir_ex) \
  one(libssh2_sftp_seek64) one(libssh2_sftp_shutdown) one(libssh2_sftp_stat_ex) one(libssh2_sftp_statvfs) \
  one(libssh2_sftp_symlink_ex) one(libssh2_sftp_unlink_ex) one(libssh2_sftp_write) \
  one(libssh2_userauth_authenticated) one(libssh2_userauth_keyboard_interactive_ex) one(libssh2_userauth_list) \
  one(libssh2_userauth_password_ex) one(libssh2_userauth_publickey_fromfile_ex) one(libssh2_version)
#define PW_ABSENT_RTMP(one) \
  one(RTMP_Alloc) one(RTMP_Close) one(RTMP_Connect1) one(RTMP_ConnectStream) one(RTMP_Free) one(RTMP_Init) \
  one(RTMP_Read) one(RTMP_SetBufferMS) one(RTMP_SetupURL) one(RTMP_Write)
#define PW_ABSENT_SUFFIXES(one) \
  one(psl_builtin) one(psl_free) one(psl_is_cookie_domain_acceptable) one(psl_latest)
#define PW_ABSENT_KERBEROS(one) \
  one(gss_acquire_cred) one(gss_delete_sec_context) one(gss_display_name) one(gss_display_status) \
  one(gss_import_name) one(gss_init_sec_context) one(gss_inquire_context) one(gss_release_buffer) \
  one(gss_release_cred) one(gss_release_name) one(gss_unwrap) one(gss_wrap) one(gss_wrap_size_limit)
#define PW_ABSENT_MACHINES(one) \
  one(AArch64) one(ARM) one(EVM) one(M680X) one(M68K) one(Mips) one(PPC) one(Sparc) one(SystemZ) one(TMS320C64x) \
  one(XCore)
// clang-format on

extern "C" {

void pw_never_called();
void pw_never_called() {
  __builtin_trap();
}
#define PW_NEVER_CALLED(name) void name() __attribute__((alias("pw_never_called")));
PW_ABSENT_SSH(PW_NEVER_CALLED)
PW_ABSENT_RTMP(PW_NEVER_CALLED)

// What libcurl starts whatever it is used for; no connection to an LDAP server; no list of public suffixes.
const void* pw_nothing();
const void* pw_nothing() {
  return nullptr;
}
#define PW_NOTHING(name) const void* name() __attribute__((alias("pw_nothing")));
PW_NOTHING(libssh2_init)
PW_NOTHING(libssh2_exit)
PW_ABSENT_LDAP(PW_NOTHING)
PW_ABSENT_SUFFIXES(PW_NOTHING)

// GSS_S_UNAVAILABLE of RFC 2744.
std::uint32_t pw_no_kerberos();
std::uint32_t pw_no_kerberos() {
  return std::uint32_t{16} << 16;
}
#define PW_NO_KERBEROS(name) std::uint32_t name() __attribute__((alias("pw_no_kerberos")));
PW_ABSENT_KERBEROS(PW_NO_KERBEROS)
extern const void* const GSS_C_NT_HOSTBASED_SERVICE;
const void* const GSS_C_NT_HOSTBASED_SERVICE = nullptr;

// CS_ERR_ARCH of <capstone/capstone.h>.
int pw_no_machine();
int pw_no_machine() {
  return 2;
}
#define PW_NO_MACHINE(name)                                         \
  int name##_global_init() __attribute__((alias("pw_no_machine"))); \
  int name##_option() __attribute__((alias("pw_no_machine")));
PW_ABSENT_MACHINES(PW_NO_MACHINE)

}  // extern "C"
