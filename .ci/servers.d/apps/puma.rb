bind 'tcp://127.0.0.1:@PORT@'
threads 8, 8
rackup '@APPS@/config.ru'
@IDLE@
