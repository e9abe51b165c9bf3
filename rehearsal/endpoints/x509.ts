/** Certificates, in a file of their own beside the command: rehearsals without HTTPS start faster without it. The order matters. */
import 'reflect-metadata';

export * from '@peculiar/x509';
