package gateway.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** Reads the names in a certificate. */
final class CertificateNames {
    /** The kinds of names that clients compare with a URL's host, RFC 5280, 4.2.1.6: dNSName and iPAddress. */
    private static final List<Integer> HOSTS = List.of(2, 7);

    private CertificateNames() {}

    /** Returns the host names and addresses for which a certificate is; its subject's common name if it lists none. */
    static List<String> of(X509Certificate certificate) {
        List<String> names = listed(certificate);
        return names.isEmpty() ? List.of(commonName(certificate.getSubjectX500Principal())) : names;
    }

    private static List<String> listed(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> HOSTS.contains(name.get(0)))
                            .map(name -> name.get(1).toString())
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of(); // clients can't read them either
        }
    }

    /** Returns the common name in a name; the whole name if it has none. */
    static String commonName(X500Principal principal) {
        try {
            for (Rdn part : new LdapName(principal.getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
                    return name;
                }
            }
        } catch (InvalidNameException e) {
            // not of the form of RFC 2253: then as it is
        }
        return principal.getName();
    }
}
